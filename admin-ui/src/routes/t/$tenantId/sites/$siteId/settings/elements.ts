/** The outermost list of what comments may contain (the API's); parts of a table come and go with it. */
export const ELEMENT_GROUPS = {
  text: ['b', 'strong', 'i', 'em', 'u', 's', 'strike', 'del', 'ins', 'mark', 'small', 'sub', 'sup', 'abbr', 'cite'],
  links: ['a'],
  blocks: ['p', 'br', 'hr', 'wbr', 'blockquote', 'q'],
  headings: ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
  lists: ['ul', 'ol', 'li', 'dl', 'dt', 'dd'],
  code: ['code', 'pre', 'kbd', 'samp', 'tt', 'var'],
  tables: ['table'],
} as const;

export type ElementGroup = keyof typeof ELEMENT_GROUPS;

/** Without these a comment is one lump of text. */
export const BASICS = ['p', 'br'];
