"""保存と削除: how long each kind of what belongs to a meeting is kept, what may not go, what
will go when, and how it goes: really, with a certificate.
"""
