/** x */
export const exceptions: Readonly<Record<'lines' | 'rooms' | 'comment', readonly string[]>> = {
  lines: [], rooms: [], comment: [] };
