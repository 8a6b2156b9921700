import { cloneElement, type ReactElement, type ReactNode, Suspense, useState } from 'react';

type ButtonProps = {
  'aria-haspopup'?: 'menu';
  'aria-expanded'?: boolean;
  autoFocus?: boolean;
  onClick?: () => void;
};

type Props = {
  button: ReactElement<ButtonProps>;
  /** The menu, open, around the button; a lazy component. */ children: (button: ReactElement) => ReactNode;
};

/** A button whose menu comes when somebody wants it: what menus are made of is a good part of what a first view may load. */
export function LateMenu({ button, children }: Props) {
  const [isWanted, setIsWanted] = useState(false);
  const closed = cloneElement(button, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: () => setIsWanted(true),
  });
  if (!isWanted) return closed;
  // The menu gives the focus back to the button that had it when it opened.
  return <Suspense fallback={closed}>{children(cloneElement(button, { autoFocus: true }))}</Suspense>;
}
