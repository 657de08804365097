/**
 * API keys: which organization is calling, what its key allows, how much it may ask for (its rate
 * limits), and where wrong keys come from; and the audit log of all that. Imports only {@code call}
 * and the contract; {@code postgres} implements its store.
 */
package dev.workflowsteps.server.auth;
