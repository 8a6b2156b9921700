import { Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Tenant } from '~/api/types';
import { useWords } from '~/locales/locale';
import { Icon } from '~/parts/icon';

type Props = { target: ReactElement; tenants: Tenant[]; currentId: string | undefined };

export function TenantDropdown({ target, tenants, currentId }: Props) {
  const words = useWords();
  return (
    <Menu defaultOpened position="bottom-start" width={260}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{words.tenant.yours}</Menu.Label>
        {tenants.map(({ id, name, role }) => (
          <Menu.Item
            key={id}
            renderRoot={(props) => <Link to="/t/$tenantId" params={{ tenantId: id }} {...props} />}
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
