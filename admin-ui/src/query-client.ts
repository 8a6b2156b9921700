import { QueryClient } from '@tanstack/react-query';
import { isProblem } from './api/problem';

const TRIES = 3;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // Only what may pass by itself is tried again: a refusal stays a refusal.
      retry: (failures, error) =>
        failures < TRIES && (isProblem(error, 'unreachable') || isProblem(error, 'unavailable')),
    },
    // Without a network a query waits for it. What somebody asks to be done fails at once instead: done some time later, it would
    // surprise him.
    mutations: { networkMode: 'always' },
  },
});
