import classes from './wordmark.module.css';

export function Wordmark({ size = 22 }: { size?: number }) {
  return (
    <span className={classes.mark} style={{ fontSize: size }}>
      <svg width="1.25em" height="1.25em" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <path
          className={classes.bubble}
          d="M7 4h18a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4h-9l-7 5v-5H7a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4Z"
        />
        <path className={classes.letter} d="M12 8.5h5.2a4.3 4.3 0 0 1 0 8.6h-2.7V20H12Zm2.5 2.3v4H17a2 2 0 0 0 0-4Z" />
      </svg>
      Parlour
    </span>
  );
}
