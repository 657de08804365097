/**
 * What server and adapter both need to know of the contract, each fact once: the words and bounds
 * of fields, the error table, how values are quoted in messages, which names are suggested, what
 * UTF-8 is, and what both write to the log.
 *
 * <p>The only hand-written Java of this module. Words and bounds are read from the options of the
 * {@code .proto} files. Imports nothing of the server or the adapter; both may import it.
 */
package dev.workflowsteps.contract;
