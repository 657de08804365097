/**
 * The OpenAPI document, a committed file, and the pages that show it. Its generator is among the
 * tests. Imports nothing of the server.
 */
package dev.workflowsteps.adapter.openapi;
