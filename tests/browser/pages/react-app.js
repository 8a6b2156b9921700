// A blog as a single page: two posts, a front page without comments, and a count of what readers posted.
const { createElement: h, useEffect, useRef, useState, StrictMode } = require('react');
const { createRoot } = require('react-dom/client');

function Comments({ post, onPosted }) {
  const element = useRef(null);
  useEffect(() => {
    const thread = element.current;
    thread.addEventListener('parlour:posted', onPosted);
    return () => thread.removeEventListener('parlour:posted', onPosted);
  }, [onPosted]);
  return h('parlour-comments', { ref: element, 'thread-id': post });
}

function Blog() {
  const [post, turnTo] = useState('');
  const [posted, setPosted] = useState(0);
  const [onPosted] = useState(() => () => setPosted((count) => count + 1));
  const way = (name, label) => h('button', { onClick: () => turnTo(name) }, label);
  return h(
    'main',
    null,
    h('nav', null, way('', 'Front page'), way('radio', 'Radio'), way('lamp', 'Lamp')),
    h('h1', null, post || 'Front page'),
    h('p', null, `You posted ${posted}`),
    post && h(Comments, { post, onPosted }),
  );
}

createRoot(document.getElementById('app')).render(h(StrictMode, null, h(Blog)));
