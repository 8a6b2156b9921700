/** The only file that turns a string into HTML, and only HTML that the server has sanitised. */

interface Policy {
  createHTML(html: string): string;
}

let policy: Policy | undefined;

/** Shows a comment's `html` as it came from the server; nothing else may be passed here. */
export function showServerHtml(element: Element, html: string): void {
  const { trustedTypes } = window as {
    trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
  };
  const rules: Policy = { createHTML: (text) => text };
  // Pages that enforce Trusted Types must list the policy name `parlour`.
  policy ??= trustedTypes?.createPolicy('parlour', rules) ?? rules;
  element.innerHTML = policy.createHTML(html);
}

/** Wide code and tables scroll sideways, also by keyboard. */
export function prepareHtml(element: Element): void {
  for (const wide of element.querySelectorAll<HTMLElement>('pre, table')) wide.tabIndex = 0;
}
