/** A style sheet is bundled as its minified text; see scripts/build.mjs. */
declare module '*.css' {
  const text: string;
  export default text;
}
