/** Editors and shells of Windows write this mark before a text in UTF-8; to `JSON.parse` it is a wrong character. */
const MARK = '\ufeff';

/** A text out of a file or a body, without the mark that may stand first. */
export const withoutByteOrderMark = (text: string): string => (text.startsWith(MARK) ? text.slice(1) : text);
