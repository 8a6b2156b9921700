import { createTheme } from '@mantine/core';

/** The green of an old tea tin. */
const parlour = [
  '#eef8f6',
  '#dcefeb',
  '#b5ddd6',
  '#8ccac0',
  '#66b8ac',
  '#45a497',
  '#2a8f83',
  '#0f766e',
  '#0c615a',
  '#094b46',
] as const;

export const theme = createTheme({
  colors: { parlour },
  primaryColor: 'parlour',
  // White and this shade keep a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3).
  primaryShade: 7,
  defaultRadius: 'md',
  cursorType: 'pointer',
  headings: { fontWeight: '650' },
  components: {
    // Their heads are <header>s, and would be landmarks of the page beside its own.
    Modal: { defaultProps: { attributes: { header: { role: 'none' } } } },
    Drawer: { defaultProps: { attributes: { header: { role: 'none' } } } },
  },
});
