/** The content security policy lets in only <style> elements that carry the nonce which the server put into the page. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
