// The same blog as react-app.js, in Vue, with its template compiled in the browser.
const app = Vue.createApp({
  data: () => ({ post: '', posted: 0 }),
  template: `
    <main>
      <nav>
        <button @click="post = ''">Front page</button>
        <button @click="post = 'radio'">Radio</button>
        <button @click="post = 'lamp'">Lamp</button>
      </nav>
      <h1>{{ post || 'Front page' }}</h1>
      <p>You posted {{ posted }}</p>
      <parlour-comments v-if="post" :thread-id="post" @parlour:posted="posted += 1"></parlour-comments>
    </main>`,
});
app.config.compilerOptions.isCustomElement = (tag) => tag.startsWith('parlour-');
app.mount('#app');
