import { Outlet } from '@tanstack/react-router';
import { useWords } from '~/locales/locale';
import classes from './root.module.css';

/** The element that every layout makes its <main>. */
export const CONTENT_ID = 'content';

export function Root() {
  const words = useWords();
  return (
    <>
      <a
        className={classes.skip}
        href={`#${CONTENT_ID}`}
        onClick={(event) => {
          // Not by the address: the fragment belongs to the router.
          event.preventDefault();
          document.getElementById(CONTENT_ID)?.focus();
        }}
      >
        {words.app.skip}
      </a>
      <Outlet />
    </>
  );
}
