/**
 * API keys: who is asking. Knows the domain's failure type and nothing else of the project; its
 * storage is an interface that {@code postgres} implements.
 */
package dev.workflowsteps.server.auth;
