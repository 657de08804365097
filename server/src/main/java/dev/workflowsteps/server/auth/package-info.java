/**
 * API keys: who is asking. Imports {@code call} and the contract; its storage is an interface that
 * {@code postgres} implements.
 */
package dev.workflowsteps.server.auth;
