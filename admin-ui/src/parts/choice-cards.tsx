import { Group, Radio, SimpleGrid, Text } from '@mantine/core';
import { useId } from 'react';
import classes from './choice-cards.module.css';

type Props<Value extends string> = {
  label: string;
  description?: string;
  value: Value;
  onChange: (value: Value) => void;
  /** In their order, each with its consequence. */ choices: Record<Value, { label: string; hint: string }>;
  disabled?: boolean;
  /** Those that may be chosen beside the one that is; all, if nothing is said. */ offered?: readonly string[] | undefined;
  /** How many stand side by side where there is room. */ columns?: number;
};

/** A choice of a few, as cards that say what each of them means. */
export function ChoiceCards<Value extends string>(props: Props<Value>) {
  const { label, description, value, onChange, choices, columns = 1, disabled = false, offered } = props;
  const id = useId();
  const all = Object.keys(choices) as Value[];
  const shown = offered ? all.filter((choice) => choice === value || offered.includes(choice)) : all;
  return (
    <Radio.Group
      label={label}
      description={description}
      value={value}
      disabled={disabled}
      onChange={(chosen) => onChange(chosen as Value)}
    >
      <SimpleGrid cols={{ base: 1, md: columns }} spacing="xs" verticalSpacing="xs" mt={6}>
        {shown.map((choice) => (
          <label key={choice} className={classes.card}>
            <Group wrap="nowrap" align="flex-start" gap="sm">
              <Radio value={choice} disabled={disabled} aria-label={choices[choice].label} aria-describedby={`${id}-${choice}`} />
              <div>
                <Text fw={500} component="span">
                  {choices[choice].label}
                </Text>
                <Text size="sm" c="dimmed" id={`${id}-${choice}`}>
                  {choices[choice].hint}
                </Text>
              </div>
            </Group>
          </label>
        ))}
      </SimpleGrid>
    </Radio.Group>
  );
}
