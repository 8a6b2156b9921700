import type { DeliveryState } from '~/api/types';

export type DeliveriesFilter = { state?: DeliveryState };

const STATES: DeliveryState[] = ['waiting', 'delivered', 'failed'];

/** What stands in the address, as far as it is known. */
export function readDeliveries(search: Record<string, unknown>): DeliveriesFilter {
  const state = STATES.find((one) => one === search['state']);
  return state ? { state } : {};
}
