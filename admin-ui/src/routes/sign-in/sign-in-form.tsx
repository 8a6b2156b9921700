import { type ReactNode, useState } from 'react';
import type { SignInStep } from '~/api/types';
import { PasswordForm } from './password-form';
import { SecondStep } from './second-step';

type Props = {
  /** The only address that will do; anybody's if it is not given. */
  email?: string;
  submit: string;
  /** Another way to sign in, below the password. */
  other?: ReactNode;
  onDone: () => unknown;
};

/** Signs in: by the password and, where the account has one, a second factor. */
export function SignInForm({ email, submit, other, onDone }: Props) {
  const [step, setStep] = useState<SignInStep>();
  const [over, setOver] = useState<unknown>();
  if (step) {
    return (
      <SecondStep
        step={step}
        onDone={onDone}
        onOver={(error) => {
          setOver(error);
          setStep(undefined);
        }}
      />
    );
  }
  return (
    <>
      <PasswordForm email={email} submit={submit} before={over} onStep={setStep} onDone={onDone} />
      {other}
    </>
  );
}
