import { Card, SimpleGrid, Text, Title } from '@mantine/core';
import type { Figures, Statistics } from '~/api/types';
import { useLocale } from '~/locales/locale';
import { Bars } from './bars';
import { duration, percent, periodName, whole } from './figures';
import classes from './overview.module.css';

type Chart = { title: string; of: (figures: Figures) => number | undefined; format: (value: number) => string };

/** What happened, as four charts and a row of sums. */
export function Charts({ statistics }: { statistics: Statistics }) {
  const { locale, words } = useLocale();
  const { overview } = words;
  const number = (value: number) => whole(value, locale);
  const charts: Chart[] = [
    { title: overview.comments, of: ({ comments }) => comments, format: number },
    { title: overview.reads, of: ({ reads }) => reads, format: number },
    { title: overview.spamShare, of: ({ spam_share: share }) => share, format: (value) => percent(value, locale) },
    {
      title: overview.wait,
      of: ({ moderation_seconds: seconds }) => seconds,
      format: (value) => duration(value, locale),
    },
  ];
  const { totals } = statistics;
  const sums: [string, number][] = [
    [overview.approved, totals.approved],
    [overview.votes, totals.votes],
    [overview.newCommenters, totals.new_commenters],
    [overview.failedSubmits, totals.failed_submits],
    [overview.refusedOrigins, totals.refused_origins],
  ];
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {charts.map(({ title, of, format }) => {
          const sum = of(totals);
          return (
            <Card key={title} withBorder padding="md" component="section" aria-label={title}>
              <Title order={3} size="sm" fw={500} c="dimmed">
                {title}
              </Title>
              <Text size="xl" fw={600} mb="xs" className={classes.number}>
                {sum === undefined ? '–' : format(sum)}
              </Text>
              <Bars
                title={title}
                bars={statistics.periods.map(({ from, figures }) => ({
                  label: periodName(from, statistics.by, locale),
                  value: of(figures),
                }))}
                format={format}
              />
            </Card>
          );
        })}
      </SimpleGrid>
      <Card withBorder padding="md" mt="sm">
        <dl className={classes.figures}>
          {sums.map(([label, value]) => (
            <div key={label}>
              <Text component="dt" size="sm" c="dimmed">
                {label}
              </Text>
              <Text component="dd" size="lg" fw={600} className={classes.number}>
                {number(value)}
              </Text>
            </div>
          ))}
        </dl>
      </Card>
    </>
  );
}
