"""What rules look at: plain values, fetched for many subjects at once with a fixed number of queries."""
