import { answer, api } from '~/api/client';
import { useWords } from '~/locales/locale';
import { useSite } from '../page';
import { SiteKey } from '../site-key';

/** The key by which the owner's program says who reads. */
export function SignInKeyPage() {
  const { signInKey: words } = useWords();
  const site = useSite();
  const path = { tenant_id: site.tenant_id, site_id: site.id };
  return (
    <SiteKey
      words={words}
      isInUse={site.settings.sign_in !== 'off'}
      queryKey={['tenant', site.tenant_id, 'site', site.id, 'sign-in-key']}
      read={() => answer(api.GET('/v1/admin/tenants/{tenant_id}/sites/{site_id}/sign-in-key', { params: { path } }))}
      rotate={() => answer(api.POST('/v1/admin/tenants/{tenant_id}/sites/{site_id}/sign-in-key', { params: { path } }))}
      id={() => ''}
      examples={({ example: { python, node, php } }) => ({ Python: python, 'Node.js': node, PHP: php })}
      element={() => `<parlour-comments identity="${words.placeholder}"></parlour-comments>`}
    />
  );
}
