import { createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'teal',
  // White and this shade keep a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3).
  primaryShade: 9,
  defaultRadius: 'md',
  cursorType: 'pointer',
  headings: { fontWeight: '650' },
});
