/** What the buttons over a text box write. */

/** What goes before and after the selection; a `line` goes before each of its lines instead. */
export const TOOLS = {
  bold: ['**', '**'],
  italic: ['*', '*'],
  link: ['[', '](https://)'],
  quotation: ['> '],
  code: ['`', '`'],
  list: ['- '],
} as const;

export type Tool = keyof typeof TOOLS;

/** The text that takes the place of the selection, and what of it is to be selected then. */
export function mark(tool: Tool, selected: string, sample: string): { text: string; from: number; to: number } {
  const [before, after] = TOOLS[tool] as readonly [string, string?];
  const content = selected || sample;
  if (after === undefined) {
    const text = content.replace(/^/gm, before);
    return { text, from: before.length, to: text.length };
  }
  // Several lines of code are a block.
  const block = tool === 'code' && content.includes('\n');
  const [start, end] = block ? ['```\n', '\n```'] : [before, after];
  return { text: start + content + end, from: start.length, to: start.length + content.length };
}
