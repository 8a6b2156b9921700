import { TextInput } from '@mantine/core';
import { useWords } from '~/locales/locale';

type Props = {
  /** Six digits of an authenticator app, or a recovery code. */
  kind: 'totp' | 'recovery';
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  autoFocus?: boolean;
};

/** A code of an authenticator app, or one of those that stand in for it. */
export function CodeInput({ kind, value, onChange, error, autoFocus }: Props) {
  const words = useWords();
  return (
    <TextInput
      key={kind}
      label={kind === 'totp' ? words.security.code : words.security.recoveryCode}
      description={kind === 'totp' ? words.security.codeHint : words.security.recoveryCodeHint}
      inputMode={kind === 'totp' ? 'numeric' : 'text'}
      autoComplete={kind === 'totp' ? 'one-time-code' : 'off'}
      autoCapitalize="none"
      spellCheck={false}
      maxLength={40}
      required
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  );
}
