import esbuild from 'esbuild';

/** What a TypeScript file exports. */
export async function evaluate(path) {
  const options = { entryPoints: [path.pathname], bundle: true, write: false, format: 'esm' };
  const [{ text }] = (await esbuild.build(options)).outputFiles;
  return import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
}
