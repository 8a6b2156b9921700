/** Strokes on a 24 by 24 grid. */
const strokes = {
  check: 'M5 13l4.5 4.5L19 7',
  cross: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  ban: 'M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17M6 6l12 12',
  trash: 'M4.5 6.5h15M9.5 6.5v-2.5h5v2.5M6.5 6.5l.9 13h9.2l.9-13M10.3 10.5v5.5M13.7 10.5v5.5',
  pencil: 'M4.5 19.5l.8-4L15.7 5.1a1.8 1.8 0 0 1 2.6 0l.6.6a1.8 1.8 0 0 1 0 2.6L8.5 18.7zM13.8 7l3.2 3.2',
  reply: 'M10 6l-5.5 5.5L10 17M4.5 11.5h9a6 6 0 0 1 6 6v1',
  search: 'M10.5 4.5a6 6 0 1 0 0 12a6 6 0 0 0 0-12M15 15l5 5',
  pause: 'M9 6v12M15 6v12',
  plus: 'M12 5.5v13M5.5 12h13',
  copy: 'M9 9h10.5v10.5H9zM15 9V4.5H4.5V15H9',
  globe:
    'M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17M3.5 12h17' +
    'M12 3.5c3 2.5 3.5 5.5 3.5 8.5s-.5 6-3.5 8.5c-3-2.5-3.5-5.5-3.5-8.5s.5-6 3.5-8.5',
  talk: 'M5.5 4.5h13a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H12l-5 4v-4H5.5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2z',
  house: 'M4 11.5L12 4.5l8 7M6.5 9.5v10h11v-10M10 19.5v-5h4v5',
  chevron: 'M7 9.5l5 5 5-5',
  keyboard: 'M3.5 6.5h17v11h-17zM7 10h.01M10.3 10h.01M13.6 10h.01M17 10h.01M8 14h8',
  undo: 'M8.5 5.5L4.5 9.5l4 4M4.5 9.5h9.5a5 5 0 0 1 0 10H9',
  outside: 'M13.5 4.5h6v6M19.5 4.5l-9 9M17 14.5v5H4.5V7h5',
  reload: 'M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 4v4.5H15',
  leave: 'M14 4.5H5.5v15H14M10 12h10.5M16.5 8l4 4-4 4',
  sun:
    'M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 2.5V5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3L7 7M17 17l1.7 1.7' +
    'M5.3 18.7L7 17M17 7l1.7-1.7',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z',
  screen: 'M3.5 5h17v11h-17zM9 20h6M12 16v4',
  alert: 'M12 4L2.8 19.5h18.4zM12 10v4.5M12 17h.01',
  info: 'M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17M12 11v5M12 8h.01',
  people:
    'M9 5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7M2.5 19.5c0-3.5 2.5-5.5 6.5-5.5s6.5 2 6.5 5.5' +
    'M16 5.2a3.5 3.5 0 0 1 0 6.6M18 14.4c2.3.7 3.5 2.4 3.5 5.1',
  flag: 'M5.5 20.5v-16M5.5 5.5c4-2.5 8 2.5 13 0v8.5c-5 2.5-9-2.5-13 0',
  pin: 'M9 4h6l-.8 6.2 3.3 3.3H6.5l3.3-3.3zM12 13.5v6.5',
  dots: 'M6 12h.01M12 12h.01M18 12h.01',
  lock: 'M6 11h12v8.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  unlock: 'M6 11h12v8.5H6zM8.5 11V8a3.5 3.5 0 0 1 6.8-1.2',
  merge: 'M6 4.5v4.5c0 4 6 3.5 6 8.5M18 4.5v4.5c0 4-6 3.5-6 8.5v2.5',
  split: 'M12 20v-5c0-4-6-4.5-6-10.5M12 15c0-4 6-4.5 6-10.5M3.5 7L6 4.5 8.5 7M15.5 7L18 4.5 20.5 7',
  move: 'M4.5 12h15M14 6.5l5.5 5.5-5.5 5.5',
  up: 'M12 19.5v-14M6 11.5l6-6 6 6',
  down: 'M12 4.5v14M6 12.5l6 6 6-6',
  grip: 'M9 6h.01M9 12h.01M9 18h.01M15 6h.01M15 12h.01M15 18h.01',
  chart: 'M4.5 19.5h15M7.5 16v-5M12 16V6.5M16.5 16V9',
  key: 'M8 11a4 4 0 1 0 0 8a4 4 0 0 0 0-8M11 12.5l8.5-8M16 8l3 3',
  page: 'M6 3.5h8l4 4v13H6zM14 3.5v4h4M9 12h6M9 15.5h6',
  eye:
    'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12' +
    'M12 9.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 0 0 0-5.6',
  back: 'M19.5 12h-15M10 6.5L4.5 12l5.5 5.5',
  history: 'M4.5 12A7.5 7.5 0 1 0 7 6.4M4.5 4v4.5H9M12 8v4.5l3 1.8',
} as const;

export type IconName = keyof typeof strokes;

/** Decoration only: the element around it carries the words. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={strokes[name]} />
    </svg>
  );
}
