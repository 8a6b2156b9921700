import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { answer } from '~/api/client';
import { Problem } from '~/api/problem';

type Wish = {
  /** What the file is called. */
  name: string;
  ask: (signal: AbortSignal) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
};

/**
 * A file that only comes with an access token, which a plain link does not send. Tells how much of it has come: the server writes
 * while it sends, so nobody knows how much there will be.
 */
export function useDownload() {
  const [bytes, setBytes] = useState(0);
  const abort = useRef<AbortController>(undefined);
  const mutation = useMutation({
    mutationFn: async ({ name, ask }: Wish) => {
      abort.current = new AbortController();
      setBytes(0);
      const stream = (await answer(ask(abort.current.signal))) as ReadableStream<Uint8Array<ArrayBuffer>>;
      const pieces = await collect(stream, setBytes);
      save(new Blob(pieces), name);
    },
  });
  return { ...mutation, bytes, cancel: () => abort.current?.abort() };
}

async function collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>, tell: (bytes: number) => void) {
  const pieces: BlobPart[] = [];
  let bytes = 0;
  const reader = stream.getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value);
      bytes += piece.value.length;
      tell(bytes);
    }
  } catch {
    // Broken off: what has come is not all.
    throw new Problem('unreachable');
  }
  return pieces;
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has begun to save it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
