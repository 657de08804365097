/**
 * API keys: which organization is calling, and how much it may ask for (its rate limits). Imports
 * only {@code call} and the contract; {@code postgres} implements its store.
 */
package dev.workflowsteps.server.auth;
