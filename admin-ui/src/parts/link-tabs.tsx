import type { ReactNode } from 'react';
import classes from './link-tabs.module.css';

/** Tabs that are links: each has an address, so they are a navigation, not a tablist. The router marks the current. */
export function LinkTabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {children}
    </nav>
  );
}
