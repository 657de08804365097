/**
 * API keys: which organization is calling. Imports only {@code call} and the contract; {@code
 * postgres} implements its store.
 */
package dev.workflowsteps.server.auth;
