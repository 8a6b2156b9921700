import { AppShell, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { lazy, Suspense, useEffect } from 'react';
import { meQuery, tenantsOf } from '~/api/queries';
import { allWords, useWords } from '~/locales/locale';
import { styleNonce } from '~/nonce';
import { LanguageSwitch } from '~/parts/language-switch';
import { OfflineBar } from '~/parts/offline-bar';
import { ProblemAlert } from '~/parts/problem-alert';
import { SchemeSwitch } from '~/parts/scheme-switch';
import { Wordmark } from '~/parts/wordmark';
import { LoadingPage } from './in-between';
import { CONTENT_ID } from './root';
import { AccountMenu } from './shell/account-menu';
import { Navigation } from './shell/navigation';
import classes from './shell/shell.module.css';
import { TenantMenu } from './shell/tenant-menu';

/** Nobody is told anything before there is something to see. */
const Notices = lazy(async () => ({ default: (await import('./shell/notices')).Notices }));

/** Rare, and read when the page is there. */
const Banners = lazy(async () => ({ default: (await import('./shell/banners')).Banners }));
const OperatorNavigation = lazy(async () => ({
  default: (await Promise.all([import('./operator/navigation'), allWords()]))[0].OperatorNavigation,
}));

// Mantine asks for the nonce by getStyleNonce; the scroll lock under its dialogs and drawers asks this module.
setNonce(styleNonce);

/** The frame around every page behind the sign-in. */
export function Shell() {
  const words = useWords();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const params = useParams({ strict: false });
  // What an operator looks at is not where he is.
  const isOperating = /^(\/admin)?\/operator(\/|$)/.test(path);
  const tenantId = isOperating ? undefined : params.tenantId;
  const hasNavigation = Boolean(tenantId) || isOperating;
  const { data: me, error } = useQuery(meQuery);
  const [isOpen, { toggle, close }] = useDisclosure(false);
  useEffect(close, [path, close]);

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={hasNavigation ? { width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } } : undefined}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <Suspense>
        <Notices />
      </Suspense>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="sm" wrap="nowrap" className={classes.start}>
            {hasNavigation && (
              <Burger
                hiddenFrom="sm"
                size="sm"
                opened={isOpen}
                onClick={toggle}
                aria-label={isOpen ? words.app.closeNavigation : words.app.openNavigation}
              />
            )}
            <Link to="/" className={classes.home} aria-label={words.app.home}>
              <Wordmark />
            </Link>
            {me && <TenantMenu tenants={tenantsOf(me)} currentId={tenantId} />}
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Group gap="xs" wrap="nowrap" visibleFrom="sm">
              <LanguageSwitch />
              <SchemeSwitch />
            </Group>
            {me && <AccountMenu account={me.account} />}
          </Group>
        </Group>
      </AppShell.Header>

      {hasNavigation && (
        <AppShell.Navbar p="sm" component="aside">
          {tenantId ? (
            <Navigation tenantId={tenantId} />
          ) : (
            <Suspense>
              <OperatorNavigation />
            </Suspense>
          )}
          <Group gap="xs" mt="auto" hiddenFrom="sm">
            <LanguageSwitch />
            <SchemeSwitch />
          </Group>
        </AppShell.Navbar>
      )}

      <AppShell.Main id={CONTENT_ID} tabIndex={-1} className={classes.main}>
        <div className={classes.content}>
          <OfflineBar />
          {me && (
            <Suspense>
              <Banners me={me} tenantId={tenantId} />
            </Suspense>
          )}
          {me ? <Outlet /> : error ? <ProblemAlert error={error} /> : <LoadingPage />}
        </div>
      </AppShell.Main>
    </AppShell>
  );
}
