"""The door stands between the network and the Flask application, so that one request can cost only
so much. Nothing here knows a page; what a route may cost it declares (`costs.py`).

    protocol   the head of a request, connections, terminals that take nothing
    bodies     receives what is sent: how large, how fast, complete before anybody computes
    lanes      a thread pool for each kind of work
    pages      Flask in such a thread, its answer sent as fast as the terminal takes it
"""
