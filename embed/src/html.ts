/** The only file that turns a string into HTML, and only HTML that the server has sanitised. */

interface TrustedTypePolicies {
  createPolicy(name: string, rules: { createHTML(html: string): string }): { createHTML(html: string): string };
}

let policy: { createHTML(html: string): string } | undefined;

/** Pages that enforce Trusted Types must list the policy name `parlour`. */
function trusted(html: string): string {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypePolicies };
  policy ??= trustedTypes?.createPolicy('parlour', { createHTML: (text) => text }) ?? { createHTML: (text) => text };
  return policy.createHTML(html);
}

/** Shows a comment's `html` as it came from the server; nothing else may be passed here. */
export function showServerHtml(element: Element, html: string): void {
  element.innerHTML = trusted(html);
  // Wide code and tables scroll sideways, also by keyboard.
  for (const wide of element.querySelectorAll<HTMLElement>('pre, table')) wide.tabIndex = 0;
}
