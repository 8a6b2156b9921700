/** The content security policy lets in only <style> elements with the nonce that the server put into the page. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
