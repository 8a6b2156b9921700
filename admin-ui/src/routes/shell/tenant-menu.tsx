import { Button, Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Tenant } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';
import classes from './shell.module.css';

/** Which tenant is looked at, and the way to the others. */
export function TenantMenu({ tenants, currentId }: { tenants: Tenant[]; currentId: string | undefined }) {
  const words = useWords();
  const current = tenants.find(({ id }) => id === currentId);
  if (tenants.length === 0) return null;
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
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
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{words.tenant.yours}</Menu.Label>
        {tenants.map(({ id, name, role }) => (
          <Menu.Item
            key={id}
            renderRoot={(props) => <Link to="/t/$tenantId/comments" params={{ tenantId: id }} {...props} />}
            leftSection={<Icon name={id === currentId ? 'check' : 'people'} size={16} />}
            aria-current={id === currentId ? 'true' : undefined}
            rightSection={words.roles[role]}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          renderRoot={(props) => <Link to="/tenants/new" {...props} />}
          leftSection={<Icon name="plus" size={16} />}
        >
          {words.tenant.create}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
