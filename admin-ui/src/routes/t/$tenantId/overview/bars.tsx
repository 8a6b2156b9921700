import { Text, VisuallyHidden } from '@mantine/core';
import { useWords } from '~/locales/locale';
import classes from './bars.module.css';

export type Bar = { label: string; value: number | undefined };

type Props = { title: string; bars: Bar[]; format: (value: number) => string };

/**
 * A row of bars, the first at the reading side's beginning. Those who do not see it get the same as a table; those who point
 * at a bar, its value.
 */
export function Bars({ title, bars, format }: Props) {
  const words = useWords();
  const highest = Math.max(...bars.map(({ value }) => value ?? 0));
  const [first, last] = [bars[0], bars.at(-1)];
  const said = ({ value }: Bar) => (value === undefined ? words.overview.nothing : format(value));
  return (
    <figure className={classes.figure}>
      <div className={classes.bars} aria-hidden="true">
        {bars.map((bar) => (
          <div key={bar.label} className={classes.slot} title={`${bar.label}: ${said(bar)}`}>
            <div
              className={classes.bar}
              data-none={bar.value ? undefined : true}
              style={{ height: `${highest > 0 ? (100 * (bar.value ?? 0)) / highest : 0}%` }}
            />
          </div>
        ))}
      </div>
      <figcaption className={classes.ends} aria-hidden="true">
        <Text size="xs" c="dimmed" span>
          {first?.label}
        </Text>
        <Text size="xs" c="dimmed" span>
          {highest > 0 && words.overview.highest(format(highest))}
        </Text>
        <Text size="xs" c="dimmed" span>
          {last?.label}
        </Text>
      </figcaption>
      <VisuallyHidden>
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{words.overview.when}</th>
              <th scope="col">{title}</th>
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr key={bar.label}>
                <th scope="row">{bar.label}</th>
                <td>{said(bar)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </figure>
  );
}
