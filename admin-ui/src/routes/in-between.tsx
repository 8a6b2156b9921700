import { Button, Center, Loader } from '@mantine/core';
import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { isProblem } from '~/api/problem';
import { useWords } from '~/locales/locale';
import { Blank } from '~/parts/blank';
import { useDocumentTitle } from '~/parts/page-head';
import { problemWords } from '~/parts/problem-alert';

export function LoadingPage() {
  const words = useWords();
  return (
    <Center mih="50vh" role="status" aria-label={words.app.loading}>
      <Loader type="dots" />
    </Center>
  );
}

export function NotFoundPage() {
  const words = useWords();
  useDocumentTitle(words.notFound.title);
  return (
    <Blank icon="search" title={words.notFound.title} hint={words.notFound.hint}>
      <Button renderRoot={(props) => <Link to="/" {...props} />} variant="light" mt="md">
        {words.app.toStart}
      </Button>
    </Blank>
  );
}

/** Anything that kept a page from being shown. */
export function FailurePage({ error, reset }: ErrorComponentProps) {
  const words = useWords();
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  const { title, hint } = problemWords(error, words);
  useDocumentTitle(title);
  if (isProblem(error, 'not_found')) return <NotFoundPage />;

  const tryAgain = () => {
    queries.reset();
    reset();
    void router.invalidate();
  };
  return (
    <Blank icon="alert" title={title} hint={hint}>
      <Button variant="light" mt="md" onClick={tryAgain}>
        {words.app.tryAgain}
      </Button>
    </Blank>
  );
}
