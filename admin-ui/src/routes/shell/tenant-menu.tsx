import { Button } from '@mantine/core';
import { lazy } from 'react';
import type { Tenant } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import { LateMenu } from '~/parts/late-menu';
import classes from './shell.module.css';

const TenantDropdown = lazy(async () => ({ default: (await import('./tenant-dropdown')).TenantDropdown }));

/** Which tenant is looked at, and the way to the others. */
export function TenantMenu({ tenants, currentId }: { tenants: Tenant[]; currentId: string | undefined }) {
  const words = useWords();
  const current = tenants.find(({ id }) => id === currentId);
  if (tenants.length === 0) return null;
  const button = (
    <Button
      className={classes.tenant}
      variant="subtle"
      color="gray"
      size="compact-md"
      rightSection={<Icon name="chevron" size={16} />}
      aria-label={current && words.tenant.switch(current.name)}
    >
      <span className={classes.tenantName}>{current?.name ?? words.tenant.yours}</span>
    </Button>
  );
  return (
    <LateMenu button={button}>
      {(target) => <TenantDropdown target={target} tenants={tenants} currentId={currentId} />}
    </LateMenu>
  );
}
