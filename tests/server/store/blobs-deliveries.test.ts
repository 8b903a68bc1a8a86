import { beforeEach, describe } from 'vitest';
import { openBlobModel } from './blob-model.ts';
import { openDeliveries } from './blobs-deliveries-store.ts';
import type { Opened } from './conformance.ts';
import { deliveryConformance } from './conformance-deliveries.ts';
import { hostConformance } from './conformance-hosts.ts';
import { inboxConformance } from './conformance-inboxes.ts';
import { leaseConformance } from './conformance-leases.ts';
import { orderConformance } from './conformance-order.ts';
import { receiptConformance } from './conformance-receipts.ts';
import { supersedingConformance } from './conformance-superseding.ts';

let opened: Opened;
beforeEach(() => {
  const model = openBlobModel();
  opened = { store: openDeliveries(model), other: openDeliveries(model), dispose: async () => {} };
});
const stores = (): Opened => opened;

describe('deliveries', () => deliveryConformance(stores));
describe('leases', () => leaseConformance(stores));
describe('order of deliveries', () => orderConformance(stores));
describe('superseding', () => supersedingConformance(stores));
describe('hosts', () => hostConformance(stores));
describe('receipts', () => receiptConformance(stores));
describe('inboxes', () => inboxConformance(stores));
