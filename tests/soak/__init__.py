"""`make soak`: hours of it, in parts; PART= names one of them, SEED= repeats it.

kills: pairs write in their agendas while processes are killed at random, for MINUTES (10) or KILLS. Right after each
kill of the server, before anybody can bring anything back, the log must hold every word that its writer was told is
saved, every word that a partner has seen, and no word twice. SEED repeats what is typed, and when what is killed,
counted in saved words; the machine's own timing is all that differs.
nodes, histories, agree, mutants, crowd, wire: see these modules; N= says how many, but for nodes.
PLANT= plants a fault in each (1, or what the module names): then it must fail.
"""
