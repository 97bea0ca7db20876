from flask import Blueprint

blueprint = Blueprint("api_invitations", __name__)
