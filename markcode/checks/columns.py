import numpy as np
def check_codes(system, columns):
    n=len(columns[0]); index={w:i for i,w in enumerate(system.written)}
    parts=[c.texts() for c in columns]
    codes=np.zeros(n,np.int32); ok=np.zeros(n,bool)
    for i in range(n):
        r=system._compute_or_none("".join(p[i] or "" for p in parts))
        if r is not None: codes[i]=index[r]; ok[i]=True
    return codes,ok
