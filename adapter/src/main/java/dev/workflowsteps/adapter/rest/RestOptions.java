package dev.workflowsteps.adapter.rest;

import java.time.Duration;

/**
 * Where and how REST is served.
 *
 * @param port 0 = any free one
 * @param requestTimeout how long a request may wait for its answer
 * @param drainTimeout how long requests may take to end once the server stops
 */
public record RestOptions(String host, int port, Duration requestTimeout, Duration drainTimeout) {}
