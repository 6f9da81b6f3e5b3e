import { COLOURS } from '../../core/figure/palette.ts';
import { TEXT } from '../../core/figure/text.ts';

/** The style of what explains and is not the thing itself: small and quiet. */
export const QUIET = { size: TEXT.small, fill: COLOURS.quiet } as const;
