import './styles';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onSessionEnd } from './api/session';
import { firstSpeech, LocaleProvider } from './locales/locale';
import { styleNonce } from './nonce';
import { queryClient } from './query-client';
import { router, signInAgain } from './router';
import { theme } from './theme';

onSessionEnd(signInAgain);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

await firstSpeech();
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce}>
      <LocaleProvider>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </LocaleProvider>
    </MantineProvider>
  </StrictMode>,
);
