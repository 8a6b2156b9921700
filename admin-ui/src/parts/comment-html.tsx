import type { MouseEvent } from 'react';
import classes from './comment-html.module.css';

/**
 * The only place that sets HTML. It comes sanitised from the server, and is kept in its box by CSS containment:
 * whatever a comment contains, it cannot cover the buttons around it.
 */
export function CommentHtml({ html }: { html: string }) {
  return (
    <div className={classes.html} dir="auto" onClick={openLinksOutside} dangerouslySetInnerHTML={{ __html: html }} />
  );
}

/** A link in a comment is a stranger's: it opens in a tab of its own which knows nothing of this one. */
function openLinksOutside(event: MouseEvent<HTMLDivElement>): void {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  window.open(link.href, '_blank', 'noopener,noreferrer');
}
