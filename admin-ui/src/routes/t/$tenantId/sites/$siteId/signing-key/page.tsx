import { answer, api } from '~/api/client';
import { useWords } from '~/locales/locale';
import { useSite } from '../page';
import { SiteKey } from '../site-key';

/** The key with which the owner's pages vouch for their ids. */
export function SigningKeyPage() {
  const { signingKey: words } = useWords();
  const site = useSite();
  const path = { tenant_id: site.tenant_id, site_id: site.id };
  return (
    <SiteKey
      words={words}
      isInUse={site.settings.threads_open === 'signed'}
      queryKey={['tenant', site.tenant_id, 'site', site.id, 'signing-key']}
      read={() => answer(api.GET('/v1/admin/tenants/{tenant_id}/sites/{site_id}/signing-key', { params: { path } }))}
      rotate={() => answer(api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/signing-key', { params: { path } }))}
      id={({ example }) => example.id}
      examples={({ example: { python, node, shell } }) => ({ Python: python, 'Node.js': node, OpenSSL: shell })}
      element={({ example }) =>
        `<parlour-comments thread-id="${example.id}" thread-signature="${words.placeholder}"></parlour-comments>`
      }
    />
  );
}
