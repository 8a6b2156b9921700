/** What an owner pastes where, by what his pages are made with. */

export const RECIPES = ['html', 'hugo', 'jekyll', 'wordpress', 'astro', 'react', 'vue'] as const;
export type Recipe = (typeof RECIPES)[number];

export interface Place {
  host: string;
  key: string;
}

export interface Part {
  /** Where the code goes; without one, where the comments should appear. */
  file?: string;
  code: string;
}

/** Where a site's snippet says that Parlour is. */
export function placeOf({ snippet, key }: { snippet: string; key: string }): Place {
  return { host: /src="(.+?)\/embed\.js"/.exec(snippet)?.[1] ?? '', key };
}

export function partsOf(recipe: Recipe, place: Place): Part[] {
  return PARTS[recipe](place);
}

const PARTS: Record<Recipe, (place: Place) => Part[]> = {
  html: (place) => [{ code: `${tag(place)}\n<parlour-comments></parlour-comments>` }],
  hugo: (place) => [
    {
      file: 'layouts/partials/parlour.html',
      code: `${tag(place)}\n<parlour-comments url="{{ .Permalink }}" title="{{ .Title }}"></parlour-comments>`,
    },
    { file: 'layouts/_default/single.html', code: '{{ partial "parlour.html" . }}' },
  ],
  jekyll: (place) => [
    {
      file: '_includes/parlour.html',
      code:
        `${tag(place)}\n<parlour-comments url="{{ page.url | absolute_url }}" ` +
        'title="{{ page.title | escape }}"></parlour-comments>',
    },
    { file: '_layouts/post.html', code: '{% include parlour.html %}' },
  ],
  wordpress: ({ host, key }) => [
    {
      file: 'wp-content/themes/…/comments.php',
      code: `<?php
if ( post_password_required() ) {
	return;
}
wp_print_script_tag(
	array(
		'src'       => '${host}/embed.js',
		'data-site' => '${key}',
		'async'     => true,
	)
);
?>
<parlour-comments
	url="<?php echo esc_url( get_permalink() ); ?>"
	title="<?php echo esc_attr( wp_strip_all_tags( get_the_title() ) ); ?>"
></parlour-comments>`,
    },
  ],
  astro: (place) => [
    {
      file: 'src/components/Comments.astro',
      code: `---
const { title } = Astro.props;
const { href } = new URL(Astro.url.pathname, Astro.site ?? Astro.url);
---
${tag(place, 'is:inline ')}
<parlour-comments url={href} title={title}></parlour-comments>`,
    },
    {
      file: 'src/layouts/…',
      code: `---
import Comments from '../components/Comments.astro';
---
<Comments title={title} />`,
    },
  ],
  react: (place) => [
    {
      file: 'Comments.jsx',
      code: `import { useEffect } from 'react';

export function Comments({ threadId, title }) {
${loading(place, 'useEffect(() => {', '  }, []);')}
  return <parlour-comments thread-id={threadId} title={title} />;
}`,
    },
    { file: 'Post.jsx', code: '<Comments threadId={post.path} title={post.title} />' },
  ],
  vue: (place) => [
    {
      file: 'Comments.vue',
      code: `<script setup>
import { onMounted } from 'vue';

defineProps({ threadId: String, title: String });

${loading(place, 'onMounted(() => {', '  });').replace(/^ {2}/gm, '')}
</script>

<template>
  <parlour-comments :thread-id="threadId" :title="title"></parlour-comments>
</template>`,
    },
    { file: 'Post.vue', code: '<Comments :thread-id="post.path" :title="post.title" />' },
    {
      file: 'vite.config.js',
      code: `import vue from '@vitejs/plugin-vue';

const isCustomElement = (tag) => tag.startsWith('parlour-');

export default { plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] };`,
    },
  ],
};

function tag({ host, key }: Place, more = ''): string {
  return `<script ${more}src="${host}/embed.js" data-site="${key}" async></script>`;
}

/** The script once for the whole application, whatever is put in and taken out. */
function loading({ host, key }: Place, begin: string, end: string): string {
  return `  ${begin}
    if (document.querySelector('script[data-site]')) return;
    const script = document.createElement('script');
    script.src = '${host}/embed.js';
    script.dataset.site = '${key}';
    script.async = true;
    document.head.append(script);
${end}`;
}
